/** This process has no business on the database any more: a newer version has taken it over, or a backup was restored into it. For people. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}
