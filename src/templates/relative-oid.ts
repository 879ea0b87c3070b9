/** An OID that begins with `~` lies below the device's sysObjectID; each `^` takes its last number away. */
export function resolveOid(oid: string, sysObjectId: string): string {
  return oid.replace(/^~\^*/, (sign) => {
    const arcs = sysObjectId.split('.');
    return arcs.slice(0, Math.max(1, arcs.length + 1 - sign.length)).join('.');
  });
}
