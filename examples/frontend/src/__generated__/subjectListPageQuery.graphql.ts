/**
 * @generated SignedSource<<2928fd55119a561daa988857a90c0c9a>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
import type { FragmentRefs } from "relay-runtime";
export type SubjectType = "DEVICE" | "MANAGED_IDENTITY" | "SERVICE" | "UNKNOWN" | "UNSPECIFIED" | "USER" | "USER_GROUP" | "%future added value";
export type SubjectFilter = {
  includeGlobal?: boolean | null | undefined;
  isGlobal?: boolean | null | undefined;
  reference?: string | null | undefined;
  roleName?: string | null | undefined;
  scopes?: ReadonlyArray<ScopeInput> | null | undefined;
  type?: SubjectType | null | undefined;
};
export type ScopeInput = {
  assetGroupUuid: string;
  customerUuid?: never;
  deviceUuid?: never;
  mspUuid?: never;
  policyUuid?: never;
  siteUuid?: never;
  subscriptionUuid?: never;
  tenantUuid?: never;
  userUuid?: never;
} | {
  assetGroupUuid?: never;
  customerUuid: string;
  deviceUuid?: never;
  mspUuid?: never;
  policyUuid?: never;
  siteUuid?: never;
  subscriptionUuid?: never;
  tenantUuid?: never;
  userUuid?: never;
} | {
  assetGroupUuid?: never;
  customerUuid?: never;
  deviceUuid: string;
  mspUuid?: never;
  policyUuid?: never;
  siteUuid?: never;
  subscriptionUuid?: never;
  tenantUuid?: never;
  userUuid?: never;
} | {
  assetGroupUuid?: never;
  customerUuid?: never;
  deviceUuid?: never;
  mspUuid: string;
  policyUuid?: never;
  siteUuid?: never;
  subscriptionUuid?: never;
  tenantUuid?: never;
  userUuid?: never;
} | {
  assetGroupUuid?: never;
  customerUuid?: never;
  deviceUuid?: never;
  mspUuid?: never;
  policyUuid: string;
  siteUuid?: never;
  subscriptionUuid?: never;
  tenantUuid?: never;
  userUuid?: never;
} | {
  assetGroupUuid?: never;
  customerUuid?: never;
  deviceUuid?: never;
  mspUuid?: never;
  policyUuid?: never;
  siteUuid: string;
  subscriptionUuid?: never;
  tenantUuid?: never;
  userUuid?: never;
} | {
  assetGroupUuid?: never;
  customerUuid?: never;
  deviceUuid?: never;
  mspUuid?: never;
  policyUuid?: never;
  siteUuid?: never;
  subscriptionUuid: string;
  tenantUuid?: never;
  userUuid?: never;
} | {
  assetGroupUuid?: never;
  customerUuid?: never;
  deviceUuid?: never;
  mspUuid?: never;
  policyUuid?: never;
  siteUuid?: never;
  subscriptionUuid?: never;
  tenantUuid: string;
  userUuid?: never;
} | {
  assetGroupUuid?: never;
  customerUuid?: never;
  deviceUuid?: never;
  mspUuid?: never;
  policyUuid?: never;
  siteUuid?: never;
  subscriptionUuid?: never;
  tenantUuid?: never;
  userUuid: string;
};
export type subjectListPageQuery$variables = {
  after?: string | null | undefined;
  filter?: SubjectFilter | null | undefined;
  first?: number | null | undefined;
};
export type subjectListPageQuery$data = {
  readonly " $fragmentSpreads": FragmentRefs<"subjectList_query">;
};
export type subjectListPageQuery = {
  response: subjectListPageQuery$data;
  variables: subjectListPageQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "after"
  },
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "filter"
  },
  {
    "defaultValue": 50,
    "kind": "LocalArgument",
    "name": "first"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "after",
    "variableName": "after"
  },
  {
    "kind": "Variable",
    "name": "filter",
    "variableName": "filter"
  },
  {
    "kind": "Variable",
    "name": "first",
    "variableName": "first"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "totalCount",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "subjectListPageQuery",
    "selections": [
      {
        "args": (v1/*:: as any*/),
        "kind": "FragmentSpread",
        "name": "subjectList_query"
      }
    ],
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "subjectListPageQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "SubjectConnection",
        "kind": "LinkedField",
        "name": "subjects",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": "SubjectEdge",
            "kind": "LinkedField",
            "name": "edges",
            "plural": true,
            "selections": [
              {
                "alias": null,
                "args": null,
                "concreteType": "Subject",
                "kind": "LinkedField",
                "name": "node",
                "plural": false,
                "selections": [
                  (v3/*:: as any*/),
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
                      (v2/*:: as any*/),
                      {
                        "alias": null,
                        "args": null,
                        "concreteType": "ScopedRole",
                        "kind": "LinkedField",
                        "name": "nodes",
                        "plural": true,
                        "selections": [
                          (v3/*:: as any*/),
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
                  },
                  {
                    "alias": null,
                    "args": null,
                    "kind": "ScalarField",
                    "name": "__typename",
                    "storageKey": null
                  }
                ],
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "cursor",
                "storageKey": null
              }
            ],
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "concreteType": "PageInfo",
            "kind": "LinkedField",
            "name": "pageInfo",
            "plural": false,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "endCursor",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "hasNextPage",
                "storageKey": null
              }
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      },
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "filters": [
          "filter"
        ],
        "handle": "connection",
        "key": "subjectList_subjects",
        "kind": "LinkedHandle",
        "name": "subjects"
      }
    ]
  },
  "params": {
    "cacheID": "2ac4cde252d26ce1210be9c66e1e4018",
    "id": null,
    "metadata": {},
    "name": "subjectListPageQuery",
    "operationKind": "query",
    "text": "query subjectListPageQuery(\n  $after: String\n  $filter: SubjectFilter\n  $first: Int = 50\n) {\n  ...subjectList_query_G9cLv\n}\n\nfragment subjectIdentity_subject on Subject {\n  id\n  reference\n  type\n  rawType\n}\n\nfragment subjectList_query_G9cLv on Query {\n  subjects(first: $first, after: $after, filter: $filter) {\n    totalCount\n    edges {\n      node {\n        id\n        ...subjectRow_subject\n        __typename\n      }\n      cursor\n    }\n    pageInfo {\n      endCursor\n      hasNextPage\n    }\n  }\n}\n\nfragment subjectRow_subject on Subject {\n  id\n  ...subjectIdentity_subject\n  roles(first: 4) {\n    totalCount\n    nodes {\n      id\n      name\n      isGlobal\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "1bee640974d7477bd15f76a34b4e495f";

export default node;
