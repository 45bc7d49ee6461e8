// Tables out of times.

/** Rows by contender, each with the ratio to zod and to ajv and its own time, per engine. */
export function table(results) {
  const names = Object.keys(results[0].took);
  const head = results.flatMap(({ engine }) => [`${engine.name}: ÷ zod (quartiles)`, '÷ ajv (quartiles)', 'median']);
  const rows = names.map((name) => [name, ...results.flatMap((result) => columns(result.took, name))]);
  const first = ([, ratio]) => Number.parseFloat(ratio);
  rows.sort((one, other) => first(one) - first(other));
  const refused = results.flatMap(({ engine, refused }) =>
    Object.entries(refused).map(([name, wrong]) => `Not timed in ${engine.name}: ${name}\n${wrong.slice(0, 5).map((line) => `- ${line}`).join('\n')} (${wrong.length})`),
  );
  return [
    `| | ${head.join(' | ')} |`,
    `|---${'|---:'.repeat(head.length)}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    ...refused.map((line) => `\n${line}`),
  ].join('\n');
}

function columns(took, name) {
  if (took[name] === undefined) return ['', '', ''];
  return [against(took, name, 'zod 4'), against(took, name, 'ajv'), time(median(took[name]))];
}

function against(took, name, other) {
  if (took[other] === undefined) return '';
  const ratios = took[name].map((nanoseconds, round) => nanoseconds / took[other][round]);
  return `${share(median(ratios))} (${share(quantile(ratios, 0.25))}–${share(quantile(ratios, 0.75))})`;
}

const share = (ratio) => (ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2));

export const median = (numbers) => quantile(numbers, 0.5);

/** The number below which such a part of them lies. */
export function quantile(numbers, part) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const at = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

function time(nanoseconds) {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(0)} ns`;
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toPrecision(3)} µs`;
  return `${(nanoseconds / 1e6).toPrecision(3)} ms`;
}
