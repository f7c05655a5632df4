/** What shows marked secrets on purpose. Everything else that does is a leak. */
export const EXEMPT = [
  {
    where: /^the output of .*sandbox\/dist\/bin\.js/,
    why: 'the sandbox tells whoever starts it the secrets that it made up',
  },
  {
    where: /^the output of .*apps\/example\/dist\/main\.js"? --(?:interactive|forge)/,
    why: 'the example tells whoever tries it the made-up password to log in with',
  },
  {
    where: /^the output of .*node serve\.mjs/,
    why: "the README's script tells whoever runs it the made-up password to log in with",
  },
  {
    where: /^the log line "A leaky line\." in .*test\/secrets\/secrets\.test\.ts$/,
    why: 'a log that shows a secret, which the search of that test has to find',
  },
  {
    where: /^NetworkError in .*\/testing\/test\/terminal-conformance\.test\.ts$/,
    why: 'a terminal that shows secrets, which the conformance kit has to find',
  },
];

export const isExempt = (place) => EXEMPT.some(({ where }) => where.test(place));
