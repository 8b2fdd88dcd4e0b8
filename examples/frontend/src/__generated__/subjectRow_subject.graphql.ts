/**
 * @generated SignedSource<<61c49317f43e7c7f6470e48a00c0a07f>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ReaderFragment } from 'relay-runtime';
import type { FragmentRefs } from "relay-runtime";
export type subjectRow_subject$data = {
  readonly id: string;
  readonly roles: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly isGlobal: boolean;
      readonly name: string;
    }>;
    readonly totalCount: number | null | undefined;
  };
  readonly " $fragmentSpreads": FragmentRefs<"subjectIdentity_subject">;
  readonly " $fragmentType": "subjectRow_subject";
};
export type subjectRow_subject$key = {
  readonly " $data"?: subjectRow_subject$data;
  readonly " $fragmentSpreads": FragmentRefs<"subjectRow_subject">;
};

const node: ReaderFragment = (function(){
var v0 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
};
return {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "subjectRow_subject",
  "selections": [
    (v0/*:: as any*/),
    {
      "args": null,
      "kind": "FragmentSpread",
      "name": "subjectIdentity_subject"
    },
    {
      "alias": null,
      "args": [
        {
          "kind": "Literal",
          "name": "first",
          "value": 4
        }
      ],
      "concreteType": "ScopedRoleConnection",
      "kind": "LinkedField",
      "name": "roles",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "totalCount",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "concreteType": "ScopedRole",
          "kind": "LinkedField",
          "name": "nodes",
          "plural": true,
          "selections": [
            (v0/*:: as any*/),
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "name",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "isGlobal",
              "storageKey": null
            }
          ],
          "storageKey": null
        }
      ],
      "storageKey": "roles(first:4)"
    }
  ],
  "type": "Subject",
  "abstractKey": null
};
})();

(node as any).hash = "6453c73e3606ededaf38688434e8d010";

export default node;
