/** Prints a row of a Markdown table. */
export const printRow = (cells) => console.log(`| ${cells.join(' | ')} |`);

/** Prints what a Markdown table begins with. */
export const printHead = (columns) => {
  printRow(columns);
  printRow(columns.map(() => '---'));
};
