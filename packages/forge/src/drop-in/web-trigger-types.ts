export type SecretKeyConfig = {
  key: string;
  noExpiry?: boolean;
};

export type GetUrlOptions = {
  forceCreate?: boolean;
  secretKeyConfig?: SecretKeyConfig;
};

export type WebTriggerQueryResult = {
  moduleKey: string;
  url: string;
};

export interface WebTriggerAPI {
  getUrl: (
    webTriggerModuleKey: string,
    optionsOrForceCreate?: boolean | GetUrlOptions,
  ) => Promise<string>;
  deleteUrl: (webTriggerUrl: string) => Promise<void>;
  queryUrls: (moduleKey?: string) => Promise<WebTriggerQueryResult[]>;
}

/** What a web trigger's handler answers with. */
export interface WebTriggerResponse {
  statusCode: number;
  statusText?: string;
  body?: string;
  headers?: {
    [key: string]: string[];
  };
}

export interface WebTriggerContext {
  installContext: `ari:${string}`;
}

export type WebTriggerMethod = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

/** What a web trigger's handler is called with. */
export interface WebTriggerRequest {
  method: WebTriggerMethod;
  body: string;
  path: string;
  headers: Record<string, string[]>;
  queryParameters: Record<string, string[]>;
}
