// What PostGraphile 5 serves: the field names of version 4, no GraphiQL, bodies as large as a batch needs.
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makeV4Preset } from "postgraphile/presets/v4";

export default {
  extends: [PostGraphileAmberPreset, makeV4Preset({ dynamicJson: true, graphiql: false, bodySizeLimit: 20_000_000 })],
};
