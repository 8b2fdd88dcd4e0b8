/** Example ids that exist in every world of the sandbox: ESET's own documented example. Elsewhere they find nothing. */
const exampleSubject = '286f5456-a0ac-4e8a-8508-5c2224b47ae6';
const anotherSubject = 'ae9e45d2-9ee6-43e7-9b68-a650d62eeff1';

/** In the sandbox's default world alone: María Peña, whose user group holds a role at a customer, and a phone in one of that customer's groups. */
const exampleUser = '3ddea0de-d5db-446a-9a57-39e123b0269a';
const exampleDevice = '099e4a5a-f1a6-4295-9034-c7471b8218f6';
const roleOfExampleGroup = 'billing.viewer';

interface TeachingTab {
  readonly query: string;
  readonly variables?: string;
}

/**
 * The tabs that GraphiQL opens with: each teaches one thing that the graph can do, and runs as it is. Lines are short enough to stand whole in the editor
 * of a window 1400 pixels wide, and names so short that all tabs stand beside each other there.
 */
export const teachingTabs: readonly TeachingTab[] = [
  {
    query: `# List and drill down: subjects with their names,
# their roles, and where each role holds.
# "resolution" says why a name is missing.
query ListSubjects {
  subjects(first: 10) {
    totalCount
    nodes {
      reference
      type
      displayName
      resolution
      roles {
        nodes {
          name
          isGlobal
          scopes {
            nodes { kind displayName uuid }
          }
        }
      }
    }
  }
}
`,
  },
  {
    query: `# One subject: who it is, what it holds itself, and
# what ESET knows of a user.
query OneSubject($reference: String!) {
  subject(reference: $reference) {
    id
    reference
    displayName
    email
    principal {
      ... on User {
        eset { jobTitle department userGroups { uuid } }
      }
    }
    roles {
      nodes {
        name
        scopes { nodes { kind displayName } }
      }
    }
    isAdmin: hasRole(name: "admin")
  }
}
`,
    variables: JSON.stringify({ reference: exampleUser }, null, 2),
  },
  {
    query: `# Who can act here, and why? The role may hold right
# here (DIRECT), at a place around it (INHERITED) or
# everywhere (GLOBAL); a user group may hold it.
# Reads the whole account, once. What cannot be read
# is in "gaps".
query WhoCanActHere($device: ID!, $role: String) {
  scope(by: { deviceUuid: $device }) {
    displayName
    ancestors { kind displayName }
    access(first: 50, roleName: $role) {
      totalCount
      asOf
      gaps
      edges {
        node { reference type displayName }
        reasons {
          kind
          scopedRole { name }
          memberOf { uuid }
          path { kind displayName }
        }
      }
    }
  }
}
`,
    variables: JSON.stringify({ device: exampleDevice, role: roleOfExampleGroup }, null, 2),
  },
  {
    query: `# What can somebody reach? Own roles and those of the
# user groups, each where it was granted.
query WhatTheyReach($reference: String!) {
  subject(reference: $reference) {
    reference
    displayName
    access(first: 50) {
      totalCount
      gaps
      edges {
        node { name }
        # Null: everywhere.
        scope { kind displayName }
        reasons { kind memberOf { uuid } }
      }
    }
  }
}
`,
    variables: JSON.stringify({ reference: exampleUser }, null, 2),
  },
  {
    query: `# May they? Here a user group holds the role at the
# customer whose group the device is in.
# Null is no "no": "gaps" says what is not known.
query MayThey(
  $reference: String!
  $role: String!
  $device: ID!
) {
  checkAccess(
    subject: { reference: $reference }
    roleName: $role
    at: { deviceUuid: $device }
  ) {
    isAllowed
    gaps
    reasons {
      kind
      memberOf { uuid }
      scopedRole { subject { reference type } }
      path { kind displayName }
    }
  }
}
`,
    variables: JSON.stringify({ reference: exampleUser, role: roleOfExampleGroup, device: exampleDevice }, null, 2),
  },
  {
    query: `# The whole account as one picture: which roles and
# scopes there are, how many hold them, and what
# looks wrong.
query WholeAccount {
  census {
    asOf
    subjectCount
    assignmentCount
    roles(first: 10) {
      totalCount
      edges {
        node { name }
        holderCount globalHolderCount scopeCount
      }
    }
    scopes(first: 5) {
      totalCount
      edges {
        node { kind displayName }
        holderCount roleCount
      }
    }
    findings(first: 10, minSeverity: HIGH) {
      totalCount
      nodes {
        kind
        explanation
        subject { reference displayName }
      }
    }
  }
}
`,
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
      node { reference displayName }
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
query Several($references: [String!]!) {
  viewer { reference }
  subjectsByReference(references: $references) {
    reference
    displayName
    roles { totalCount nodes { name } }
  }
}
`,
    variables: JSON.stringify({ references: [exampleUser, exampleSubject, anotherSubject] }, null, 2),
  },
];

/** In the sandbox alone, where a change harms nobody: how to change who has which role. */
export const writeLesson: TeachingTab = {
  query: `# Give a role. A dry run writes nothing and tells what
# would change. With "dryRun": false the subject is read,
# written once and read again: the result is what is so.
# revokeRoles takes the same input. Everywhere has to be
# said: { "everywhere": true }.
mutation GiveRole($input: RoleChangesInput!) {
  assignRoles(input: $input) {
    dryRun
    results {
      status
      added {
        name
        scopes { nodes { kind displayName } }
      }
      removed { name }
      subject { reference displayName }
      problem { code message }
    }
  }
}
`,
  variables: JSON.stringify(
    {
      input: {
        dryRun: true,
        changes: [
          {
            subject: { reference: exampleUser, type: 'USER' },
            roleName: roleOfExampleGroup,
            at: { scopes: [{ deviceUuid: exampleDevice }] },
          },
        ],
      },
    },
    null,
    2,
  ),
};

/** Where a record is kept: what is in it. */
export const recordLesson: TeachingTab = {
  query: `# What changed, newest first, as far as the record goes.
# It happened after "notBefore" and not after "seenAt".
# assignmentsAt(time:) tells who had what on a day. To
# hear of changes as they come:
# subscription { accessChanges { kind roleName } }
query WhatChanged {
  record {
    since
    latest
    changes(first: 10) {
      totalCount
      nodes {
        kind
        roleName
        subject { reference displayName }
        scope { kind displayName }
        notBefore
        seenAt
      }
    }
  }
}
`,
};
