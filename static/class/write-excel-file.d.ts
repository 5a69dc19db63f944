/** The part of the package's interface that is used; the build installs the package. */
declare module "write-excel-file/universal" {
  export type Cell = { value: string | number | Date, type?: StringConstructor, format?: string, fontWeight?: string } | null;
  export default function writeExcelFile(table: Cell[][]): { toBlob(): Promise<Blob> };
}
