/** Parts of a date in UTC, from seconds since 1970. */

function of(part: (date: Date) => number): (seconds: number) => number {
  return (seconds) => part(new Date(Math.trunc(seconds) * 1000));
}

const DAY_MS = 86_400_000;

export const DATE: Readonly<Record<string, (seconds: number) => number>> = {
  year: of((date) => date.getUTCFullYear()),
  month: of((date) => date.getUTCMonth() + 1),
  day_of_month: of((date) => date.getUTCDate()),
  day_of_week: of((date) => date.getUTCDay()),
  day_of_year: of((date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1),
  days_in_month: of((date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()),
  hour: of((date) => date.getUTCHours()),
  minute: of((date) => date.getUTCMinutes()),
};
