/** A function as any project has one. */
export const handler = async (event: { name?: string }): Promise<string> => {
  console.log(`table ${process.env.TABLE}`);
  return `hello ${event.name ?? "world"}`;
};
