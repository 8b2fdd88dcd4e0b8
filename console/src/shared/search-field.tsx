import { Combobox, Group, Loader, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue, useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { graphql } from 'react-relay';
import { useNavigate } from 'react-router';
import { scopeAddress, roleAddress, subjectAddress } from './addresses.ts';
import { useSearch } from './use-search.ts';
import { kindWord, noNameWord, notSearchedText, typeWord } from './words.ts';
import type { searchFieldQuery, searchFieldQuery$data } from '../__generated__/searchFieldQuery.graphql';

const question = graphql`
  query searchFieldQuery($text: String!) {
    search(text: $text, first: 12) {
      edges {
        matched
        node {
          __typename
          ... on Subject {
            id
            displayName
            email
            reference
            type
            resolution
          }
          ... on Scope {
            id
            displayName
            kind
            uuid
            resolution
          }
          ... on Role {
            id
            name
          }
        }
      }
      totalCount
      gaps {
        source
      }
    }
  }
`;

type Found = NonNullable<searchFieldQuery$data['search']>;
type Hit = Found['edges'][number];

const minLength = 2;

/** Finds subjects and scopes by name, mail address or uuid, and roles by name. The key `/` leads to it. */
export const SearchField = () => {
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 150);
  const {
    found: answer,
    isAsking,
    failure,
  } = useSearch<searchFieldQuery>(question, asked.length < minLength ? undefined : { text: asked });
  const found = answer?.search;
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  useHotkeys([['/', () => input.current?.focus()]]);

  // The first hit is what Enter opens.
  useEffect(() => {
    if (found != null) combobox.selectFirstOption();
  }, [found]);

  const open = (address: string): void => {
    setText('');
    combobox.closeDropdown();
    void navigate(address);
  };

  return (
    <Combobox store={combobox} onOptionSubmit={open} position="bottom-start" width={420}>
      <Combobox.Target>
        <TextInput
          ref={input}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          placeholder="Search (press /)"
          aria-label="Search subjects, scopes and roles"
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={isAsking ? <Loader size={14} /> : null}
          maw={420}
          flex={1}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={asked.length < minLength} maw="calc(100vw - 16px)">
        <Combobox.Options aria-label="Hits" mah={420} style={{ overflowY: 'auto' }}>
          {found?.edges.map((edge, index) => (
            <SearchHit key={index} edge={edge} />
          ))}
          {found != null && found.edges.length === 0 && <Combobox.Empty>Nothing found</Combobox.Empty>}
          {found == null && <Combobox.Empty>{isAsking ? 'Searching…' : (failure ?? 'Searching…')}</Combobox.Empty>}
        </Combobox.Options>
        {found != null && (
          <Combobox.Footer>
            <Text size="xs" c="dimmed">
              {found.totalCount} found
              {notSearchedText(found.gaps)}
            </Text>
          </Combobox.Footer>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
};

const SearchHit = ({ edge: { node, matched } }: { readonly edge: Hit }) => {
  const hit = describe(node);
  if (hit === undefined) return null;
  return (
    <Combobox.Option value={hit.address}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" truncate>
            <bdi>{hit.title}</bdi>
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {hit.detail}
          </Text>
        </div>
        <Text size="xs" c="dimmed" ta="right">
          {hit.what}
          <br />
          {matched.toLowerCase().replace('_', ' ')}
        </Text>
      </Group>
    </Combobox.Option>
  );
};

interface Description {
  readonly address: string;
  readonly title: string;
  readonly detail: string;
  readonly what: string;
}

const describe = (node: Hit['node']): Description | undefined => {
  switch (node.__typename) {
    case 'Subject':
      return {
        address: subjectAddress(node.id),
        title: node.displayName ?? node.reference,
        detail: node.displayName == null ? noNameWord(node.resolution) : (node.email ?? node.reference),
        // A device can be both, one that acts and one that is acted on.
        what: `${typeWord(node.type)}, holds roles`,
      };
    case 'Scope':
      return {
        address: scopeAddress(node.id),
        title: node.displayName ?? node.uuid,
        detail: node.displayName == null ? noNameWord(node.resolution) : node.uuid,
        what: `${kindWord(node.kind)}, place`,
      };
    case 'Role':
      return { address: roleAddress(node.name), title: node.name, detail: '', what: 'role' };
    default:
      return undefined;
  }
};
