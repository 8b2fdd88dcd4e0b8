import {
  ActionIcon,
  Anchor,
  AppShell,
  Burger,
  Group,
  NavLink,
  Text,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconAlertTriangle,
  IconBuilding,
  IconChecklist,
  IconCode,
  IconGridDots,
  IconHistory,
  IconHome,
  IconLogout,
  IconMoon,
  IconShield,
  IconSun,
  IconUsers,
} from '@tabler/icons-react';
import { lazy, Suspense, useRef } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { useHasRecord } from '../record/has-record.ts';
import { useSession } from '../session/session.tsx';
import { SessionGate } from '../session/session-gate.tsx';
import { OpenQueryProvider } from '../shared/open-query.tsx';
import { PageSkeleton } from '../shared/waiting.tsx';
import { gatewayFacts } from './gateway-facts.ts';

// After the first page: it brings the comboboxes with it.
const SearchField = lazy(async () => ({ default: (await import('../shared/search-field.tsx')).SearchField }));

const entries = [
  { to: '/', label: 'Overview', Icon: IconHome },
  { to: '/subjects', label: 'Subjects', Icon: IconUsers },
  { to: '/scopes', label: 'Scopes', Icon: IconBuilding },
  { to: '/roles', label: 'Roles', Icon: IconShield },
  { to: '/matrix', label: 'Matrix', Icon: IconGridDots },
  { to: '/check', label: 'Check', Icon: IconChecklist },
  { to: '/findings', label: 'Findings', Icon: IconAlertTriangle },
];

/** Where a record is kept that this user may see. */
const ofRecord = [{ to: '/changes', label: 'Changes', Icon: IconHistory }];

const isHere = (to: string, pathname: string): boolean => (to === '/' ? pathname === '/' : pathname.startsWith(to));

/** What stands around every page: where one can go, the search, and who one is. */
export const Shell = () => {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const main = useRef<HTMLElement>(null);
  const { isExpired, hasEntered, sitting } = useSession();
  // Whom the graph does not answer has nowhere to go yet.
  const isOutside = isExpired && !hasEntered;
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen || isOutside, desktop: isOutside } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <UnstyledButton className="skip no-print" onClick={() => main.current?.focus()}>
        Skip to the page
      </UnstyledButton>
      {/* Above the menu: the hits of a search hang from it. */}
      <AppShell.Header className="no-print" zIndex={102}>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          {!isOutside && (
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Menu"
              aria-expanded={isOpen}
            />
          )}
          <Anchor
            component={Link}
            to="/"
            underline="never"
            c="inherit"
            fw={700}
            {...(!isOutside && { visibleFrom: 'xs' })}
          >
            <Group gap={8} wrap="nowrap">
              <img src="/icon.svg" width={22} height={22} alt="" />
              Rolescope
            </Group>
          </Anchor>
          {!isOutside && (
            <Suspense>
              <SearchField />
            </Suspense>
          )}
          <Group gap={4} ml="auto" wrap="nowrap">
            <ColorSchemeSwitch />
            <SignOut />
          </Group>
        </Group>
      </AppShell.Header>
      {!isOutside && (
        <AppShell.Navbar p="xs" className="no-print pages" mod={{ open: isOpen }} component="nav" aria-label="Pages">
          <Places entries={entries} onGo={close} />
          {hasEntered && <PlacesOfRecord onGo={close} />}
          {gatewayFacts.graphiql !== undefined && (
            <NavLink
              href={gatewayFacts.graphiql}
              label="GraphiQL"
              leftSection={<IconCode size={18} stroke={1.6} aria-hidden />}
              mt="auto"
            />
          )}
        </AppShell.Navbar>
      )}
      <AppShell.Main ref={main} tabIndex={-1}>
        <SessionGate key={sitting}>
          <Suspense fallback={<PageSkeleton />}>
            <OpenQueryProvider>
              <Outlet />
            </OpenQueryProvider>
          </Suspense>
        </SessionGate>
      </AppShell.Main>
    </AppShell>
  );
};

const Places = ({ entries: shown, onGo }: { readonly entries: typeof entries; readonly onGo: () => void }) => {
  const { pathname } = useLocation();
  return shown.map(({ to, label, Icon }) => (
    <NavLink
      key={to}
      component={Link}
      to={to}
      label={label}
      leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
      active={isHere(to, pathname)}
      aria-current={isHere(to, pathname) ? 'page' : undefined}
      onClick={onGo}
    />
  ));
};

const PlacesOfRecord = ({ onGo }: { readonly onGo: () => void }) =>
  useHasRecord() === true ? <Places entries={ofRecord} onGo={onGo} /> : null;

const ColorSchemeSwitch = () => {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const label = isDark ? 'Light colours' : 'Dark colours';
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
      >
        {isDark ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
};

const SignOut = () => {
  const { credential, signOut, accountName } = useSession();
  if (credential === undefined) return null;
  return (
    <Group gap={4} wrap="nowrap">
      {accountName !== undefined && (
        <Text size="sm" c="dimmed" visibleFrom="md">
          {accountName}
        </Text>
      )}
      <Tooltip label="Sign out">
        <ActionIcon variant="subtle" color="gray" aria-label="Sign out" onClick={signOut}>
          <IconLogout size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
};
