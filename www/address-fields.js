import { field } from './field.js';
import { countryName, stateName } from './place-names.js';

const CHILDREN = 'shipping_address.';
const NAMES = { state: stateName, country: countryName };

/** The fields of a shipping address, as an operation describes them, inside `place`. */
export class AddressFields {
  #controls = new Map();

  constructor(place, operation, form, messages) {
    const needed = requiredPaths(operation);
    for (const path of Object.keys(operation.fields).filter((path) => path.startsWith(CHILDREN))) {
      const child = path.slice(CHILDREN.length);
      const wide = child.startsWith('address');
      const made = field(operation, path, { form, wide, optional: !needed.has(path), nameOf: NAMES[child] });
      messages.add(path, made);
      this.#controls.set(child, made.control);
      place.append(made.root);
    }
  }

  /** What stands in the fields. */
  get values() {
    return Object.fromEntries([...this.#controls].map(([child, control]) => [child, control.value]));
  }

  /** Whether anything was entered; a choice of one is no entry. */
  get touched() {
    return [...this.#controls.values()].some((control) => control.value.trim() !== '' && control.options?.length !== 1);
  }
}

/** The paths that must be given for a physical card: the rules know. */
function requiredPaths(operation) {
  const checked = operation.check({ card_type: 'physical' });
  const missing = checked.ok ? [] : checked.issues.filter((issue) => issue.code === 'required');
  return new Set(missing.map((issue) => issue.path.join('.')));
}
