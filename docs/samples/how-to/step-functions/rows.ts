/** Imports a row. Yours would write it somewhere. */
export async function importRow(_row: number, _options: { readonly signal: AbortSignal }): Promise<void> {}
