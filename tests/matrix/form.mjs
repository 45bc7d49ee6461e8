// The same few lines in every toolchain: a right form passes, a wrong one is refused at its field.

const USER = 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef';

/** What every row must say. */
export const EXPECTED = 'right: passes; wrong: id_prefix at user_id';

const BODY = `
const right = ingo.issueCard.check({ user_id: '${USER}', card_type: 'virtual' });
const wrong = ingo.issueCard.check({ user_id: 'someone', card_type: 'virtual' });
const verdict = \`right: \${right.ok ? 'passes' : 'refused'}; wrong: \${wrong.ok ? 'passes' : wrong.issues.map(({ code, path }) => \`\${code} at \${path.join('.')}\`).join()}\`;
`;

/** An ES module that ends with a constant \`verdict\`. */
export const esm = (entry = 'cardwright') => `import { ingo } from '${entry}';\n${BODY}`;
/** The same as CommonJS. */
export const cjs = (entry = 'cardwright') => `const { ingo } = require('${entry}');\n${BODY}`;
/** A script for a page: it shows the verdict. */
export const shown = (entry) => `${esm(entry)}\ndocument.querySelector('output').textContent = verdict;\n`;
/** A page that runs it. */
export const page = (script) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>form</title><output></output><script type="module" src="${script}"></script></html>\n`;
