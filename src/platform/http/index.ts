export { browserHash, type Cookies } from "./cookies.ts";
export { formField, formFields, formTokenField } from "./forms.ts";
export { healthRoutes } from "./health.ts";
export { type FailureContext, type Http, type HttpOptions, makeHttp } from "./server.ts";
