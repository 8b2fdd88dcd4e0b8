/**
 * @generated SignedSource<<fe555ec0c043050146ff076f7afd19d1>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ReaderFragment } from 'relay-runtime';
export type ScopeKind = "ASSET_GROUP" | "CUSTOMER" | "DEVICE" | "MSP" | "POLICY" | "SITE" | "SUBSCRIPTION" | "TENANT" | "UNKNOWN" | "USER" | "%future added value";
import type { FragmentRefs } from "relay-runtime";
export type scopeLink_scope$data = {
  readonly components: ReadonlyArray<{
    readonly kind: ScopeKind;
    readonly uuid: string;
  }>;
  readonly id: string;
  readonly kind: ScopeKind;
  readonly uuid: string;
  readonly " $fragmentType": "scopeLink_scope";
};
export type scopeLink_scope$key = {
  readonly " $data"?: scopeLink_scope$data;
  readonly " $fragmentSpreads": FragmentRefs<"scopeLink_scope">;
};

const node: ReaderFragment = (function(){
var v0 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "kind",
  "storageKey": null
},
v1 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "uuid",
  "storageKey": null
};
return {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "scopeLink_scope",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "id",
      "storageKey": null
    },
    (v0/*:: as any*/),
    (v1/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "concreteType": "ScopeComponent",
      "kind": "LinkedField",
      "name": "components",
      "plural": true,
      "selections": [
        (v0/*:: as any*/),
        (v1/*:: as any*/)
      ],
      "storageKey": null
    }
  ],
  "type": "Scope",
  "abstractKey": null
};
})();

(node as any).hash = "cb845715e23038dc0e4bf9659cb7b643";

export default node;
