export const median = (numbers) => quantile(numbers, 0.5);

/** The number below which such a part of them lies. */
export function quantile(numbers, part) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const at = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** Each round's time over that of another in the same round. */
export const ratios = (took, id, other) => took[id].map((time, round) => time / took[other][round]);
