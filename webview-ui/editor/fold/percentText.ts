/** A share in whole percent: "62"; "< 1" where it would round to nothing. */
export function percentText(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 0.5 ? '< 1' : percent.toFixed(0);
}
