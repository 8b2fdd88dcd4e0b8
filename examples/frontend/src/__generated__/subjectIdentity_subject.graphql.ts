/**
 * @generated SignedSource<<070de7467691bb682f7f620bdf319985>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ReaderFragment } from 'relay-runtime';
export type SubjectType = "DEVICE" | "MANAGED_IDENTITY" | "SERVICE" | "UNKNOWN" | "UNSPECIFIED" | "USER" | "USER_GROUP" | "%future added value";
import type { FragmentRefs } from "relay-runtime";
export type subjectIdentity_subject$data = {
  readonly id: string;
  readonly rawType: string;
  readonly reference: string;
  readonly type: SubjectType;
  readonly " $fragmentType": "subjectIdentity_subject";
};
export type subjectIdentity_subject$key = {
  readonly " $data"?: subjectIdentity_subject$data;
  readonly " $fragmentSpreads": FragmentRefs<"subjectIdentity_subject">;
};

const node: ReaderFragment = {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "subjectIdentity_subject",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "id",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "reference",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "type",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "rawType",
      "storageKey": null
    }
  ],
  "type": "Subject",
  "abstractKey": null
};

(node as any).hash = "834345b05538b3c5d0eb5d0f7c0e39ac";

export default node;
