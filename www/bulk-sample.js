const STREETS = ['Market Street', 'Mission Street', 'Valencia Street', 'Castro Street', 'Folsom Street'];
const HEADER = 'employee_no,user_id,card_type,shipping_address.address_one,shipping_address.city,shipping_address.state,shipping_address.postal_code,shipping_address.country';

/** A table of two hundred people, with the mistakes that tables have. */
export function sample() {
  const rows = Array.from({ length: 200 }, (_, at) => {
    const user = `user-8f3a2b1c-0e44-4f2d-9a11-${String(7_000 + at).padStart(12, '0')}`;
    const number = `E-${1_001 + at}`;
    if (at % 3 > 0) return [number, user, 'virtual', '', '', '', '', ''];
    return [number, user, 'physical', `${100 + at} ${STREETS[at % STREETS.length]}`, 'San Francisco', 'CA', String(94_102 + (at % 30)), 'US'];
  });
  rows[11][2] = 'metal';
  rows[24][6] = '9410';
  rows[45][5] = 'Kalifornien';
  rows[47][1] = 'user-8f3a2b1c';
  rows[90][4] = '';
  rows[132][7] = 'CH';
  rows[150][0] = rows[149][0];
  return new File([[HEADER, ...rows.map((row) => row.join())].join('\r\n')], 'team-june.csv', { type: 'text/csv' });
}
