/** Example ids that exist in every world of the sandbox: ESET's own documented example. Elsewhere they find nothing. */
const exampleSubject = '286f5456-a0ac-4e8a-8508-5c2224b47ae6';
const exampleMsp = 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a';
const exampleCustomer = '30bd93aa-c0ef-4fcf-a73f-ce80610bd161';

interface TeachingTab {
  readonly query: string;
  readonly variables?: string;
}

/** The tabs that GraphiQL opens with: each teaches one thing that the graph can do, and runs as it is. */
export const teachingTabs: readonly TeachingTab[] = [
  {
    query: `# List and drill down: subjects, their roles,
# and where each role holds.
query ListSubjects {
  subjects(first: 10) {
    totalCount
    nodes {
      reference
      type
      roles {
        nodes {
          name
          isGlobal
          scopes {
            nodes { kind uuid }
          }
        }
      }
    }
  }
}
`,
  },
  {
    query: `# One subject. Ask for a role by name, or whether
# it holds one at a place.
query OneSubject($reference: String!, $customer: ID!) {
  subject(reference: $reference) {
    id
    reference
    rawType
    roles(name: "admin") {
      nodes {
        scopes {
          nodes { kind uuid components { field uuid } }
        }
      }
    }
    isAdminAtCustomer: hasRole(
      name: "admin"
      scope: { customerUuid: $customer }
    )
  }
}
`,
    variables: JSON.stringify({ reference: exampleSubject, customer: exampleCustomer }, null, 2),
  },
  {
    query: `# Who has a role at a scope? Edges tell which roles
# led to each subject.
query WhoHasARoleHere($msp: ID!) {
  scope(by: { mspUuid: $msp }) {
    kind
    subjects(first: 20, includeGlobal: true) {
      edges {
        roles { name isGlobal }
        node { reference type }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`,
    variables: JSON.stringify({ msp: exampleMsp }, null, 2),
  },
  {
    query: `# Paging: put endCursor into "after" for the next page,
# or startCursor into "before" with "last" for the one
# before.
query PageThrough($after: String) {
  subjects(
    first: 5
    after: $after
    filter: { type: USER }
    orderBy: [{ field: REFERENCE }]
  ) {
    edges {
      cursor
      node { reference }
    }
    pageInfo {
      hasNextPage hasPreviousPage
      startCursor endCursor
    }
  }
}
`,
    variables: JSON.stringify({ after: null }, null, 2),
  },
  {
    query: `# Several subjects at once, and who is asking.
# Far cheaper than one lookup each.
query SeveralSubjects($references: [String!]!) {
  viewer { reference }
  subjectsByReference(references: $references) {
    reference
    roles { totalCount nodes { name } }
  }
}
`,
    variables: JSON.stringify({ references: [exampleSubject, 'ae9e45d2-9ee6-43e7-9b68-a650d62eeff1'] }, null, 2),
  },
];
