import type { PageSource } from '../model/page.ts';
import type { Upstream } from '../upstream/client.ts';
import type { ListEndpoint } from '../upstream/endpoint.ts';

/** The pages of a list endpoint, as upstream gives them. */
export const upstreamPages = <Question, Item>(
  upstream: Pick<Upstream, 'call'>,
  endpoint: ListEndpoint<Question, Item>,
): PageSource<Question, Item> => ({
  async fetchPage(request, operation) {
    const { value, requestId, receivedAtMs, bodyBytes } = await upstream.call(endpoint, request, operation);
    const { pageSize } = request;
    return { ...value, pageSize, fetchedAtMs: receivedAtMs, bodyBytes, ...(requestId !== undefined && { requestId }) };
  },
});
