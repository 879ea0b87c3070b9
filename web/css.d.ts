/** Style sheets are read by esbuild; to TypeScript they are nothing. */
declare module '*.css';
