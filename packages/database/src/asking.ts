/** How statements are asked by whatever holds a connection. Gives the rows of the answer. */
export type Ask = <Row>(sql: string, values: readonly unknown[]) => Promise<Row[]>;
