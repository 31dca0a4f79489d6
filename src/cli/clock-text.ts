/** A moment as the user's clock and calendar show it: `2026-03-01 14:05:09`. */
export function clockText(at: number): string {
  const time = new Date(at)
  const [year, month, day] = [time.getFullYear(), time.getMonth() + 1, time.getDate()]
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')
  return `${year}-${two(month)}-${two(day)} ${clock}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
