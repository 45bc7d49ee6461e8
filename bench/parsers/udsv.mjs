import { inferSchema, initParser } from 'udsv';

export const count = (text) => initParser(inferSchema(text)).stringArrs(text).length;
