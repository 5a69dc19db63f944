/** What is used of the package, which the build installs. */
declare module "write-excel-file/universal" {
  export type Cell = { value: string | number | Date, type?: StringConstructor, format?: string, fontWeight?: string } | null;
  export default function writeExcelFile(table: Cell[][]): { toBlob(): Promise<Blob> };
}
