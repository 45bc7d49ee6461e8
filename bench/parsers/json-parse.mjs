export const count = (source) => JSON.parse(typeof source === 'string' ? source : new TextDecoder().decode(source)).length;
