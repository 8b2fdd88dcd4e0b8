import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import type { Page } from '../model/page.ts';
import type { PagedList } from './paged-list.ts';

/** A page as JSON: its items as their list writes them. */
interface PackedPage {
  readonly items: unknown;
  readonly rest: Omit<Page<never>, 'items'>;
}

type Packing<Item> = Pick<PagedList<never, Item>, 'pack' | 'unpack'>;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Writes a value small. The compression does not hold up this thread. */
const encodeJson = (value: unknown): Promise<Buffer> =>
  deflate(JSON.stringify(value), { level: constants.Z_BEST_SPEED });

/** Reads what `encodeJson` wrote; rejects for anything else. */
const decodeJson = async (bytes: Buffer): Promise<unknown> => JSON.parse((await inflate(bytes)).toString('utf8'));

/** Writes a page small. */
export const encodePage = <Item>({ items, ...rest }: Page<Item>, { pack }: Packing<Item>): Promise<Buffer> =>
  encodeJson({ items: pack(items), rest } satisfies PackedPage);

/** Reads what `encodePage` wrote; rejects for anything else that is no such text. */
export const decodePage = async <Item>(bytes: Buffer, { unpack }: Packing<Item>): Promise<Page<Item>> => {
  const { items, rest } = (await decodeJson(bytes)) as PackedPage;
  return { ...rest, items: unpack(items) };
};
