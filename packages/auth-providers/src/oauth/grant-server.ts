import type {
  Grant,
  GrantedSite,
  ResolvedCall,
  RevokedGrant,
  Secret,
  Site,
} from '@tributary/pipeline';
import type { LifetimePolicy } from './grant-lifetimes.js';

/** An access token that nobody knows the owner of yet. */
export interface NewToken {
  readonly accessToken: Secret;
  readonly scopes: readonly string[];
  readonly asked: readonly string[];
  readonly isRenewable: boolean;
}

/** Whose it turned out to be, and where it works. */
export interface GrantOwner {
  readonly accountId: string;
  readonly sites: readonly GrantedSite[];
}

/** What differs between the authorization servers that people grant at. */
export interface GrantServer {
  /** The kind of the provider, as its errors call it. */
  readonly kind: string;
  /** The issuer of grants for calls to this site, without a slash at its end. */
  issuerOf(site: Site): string;
  /** Paths below the issuer. */
  readonly authorizePath: string;
  readonly tokenPath: string;
  /** What goes into the authorize URL besides what RFC 6749 and RFC 7636 ask for. */
  readonly authorizeParameters: Readonly<Record<string, string>>;
  readonly refreshParameters: Readonly<Record<string, string>>;
  readonly lifetimes: LifetimePolicy;
  /** Where and how a person ends the app's access. */
  endOfAccess(site: Site): RevokedGrant['atAtlassian'];
  /** Asks with the new token itself. @throws AuthorizationServerError when nobody tells. */
  ownerOf(site: Site, token: NewToken, signal?: AbortSignal): Promise<GrantOwner>;
  /** @throws PrincipalError when the person did not let the app into the call's site. */
  requireGranted(grant: Grant, call: ResolvedCall): Promise<void>;
}
