/** Says of an answer that redirects led to it: whoever follows them by hand gets it from a request of its own. */
export const markRedirected = (response: Response): Response => {
  const { clone } = response;
  return Object.defineProperties(response, {
    redirected: { value: true },
    clone: { value: () => markRedirected(clone.call(response)) },
  });
};
