/* SPDX-License-Identifier: MIT
 *
 * Keys of Azure that carry a mark of their service at a fixed place near their end, as Microsoft's documents on identifiable secrets say: 64 bytes
 * of base64 (storage, Cosmos DB, Batch, API Management), 32 bytes (buses, hubs), and two alphabets of their own (registries, search, functions).
 */
#include "scan/secret/rules/token.h"

/* The mark is the keyword; what stands before it is looked back at. */
#define MARKED(name, what, words, before, mark, after, good, bad)                                                              \
	{ .id = (name), .title = (what), .severity = SCAN_HIGH, .keywords = (words), .regex = "(?<=(" before "))" mark after, .yes = { good }, .no = { bad } }

static const SecretRule items[] = {
	MARKED("azure-storage-marked-key", "Azure storage account key", "+ast", "[A-Za-z0-9/+]{76}", "\\+ASt", "[A-Za-z0-9/+]{5}[AQgw]==", "<B76>+ASt<b5>A==", "<B40>+ASt<b5>A=="),
	MARKED("azure-cosmos-key", "Azure Cosmos DB key", "acdb", "[A-Za-z0-9/+]{76}", "ACDb", "[A-Za-z0-9/+]{5}[AQgw]==", "<B76>ACDb<b5>A==", "<B40>ACDb<b5>A=="),
	MARKED("azure-batch-key", "Azure Batch key", "+aba", "[A-Za-z0-9/+]{76}", "\\+ABa", "[A-Za-z0-9/+]{5}[AQgw]==", "<B76>+ABa<b5>A==", "<B40>+ABa<b5>A=="),
	MARKED("azure-api-management-key", "Azure API Management key", "apim", "[A-Za-z0-9/+]{76}", "APIM", "[A-Za-z0-9/+]{5}[AQgw]==", "<B76>APIM<b5>A==", "<B40>APIM<b5>A=="),
	MARKED("azure-bus-key", "Azure Service Bus, Event Hub or Relay key", "+asb +aeh +arm", "[A-Za-z0-9/+]{33}", "\\+A(?:Sb|Eh|Rm)", "[A-Za-z0-9/+]{5}[AEIMQUYcgkosw048]=", "<B33>+ASb<b5>A=", "<B20>+ASb<b5>A="),
	MARKED("azure-iot-key", "Azure IoT key", "aiot", "[A-Za-z0-9/+]{33}", "AIoT", "[A-Za-z0-9/+]{5}[AEIMQUYcgkosw048]=", "<B33>AIoT<b5>A=", "<B20>AIoT<b5>A="),
	MARKED("azure-registry-key", "Azure container registry password", "+acr", "[A-Za-z0-9/+]{42}", "\\+ACR", "[A-D][A-Za-z0-9]{5}" TO, "<B42>+ACRA<b5>", "<B20>+ACRA<b5>"),
	MARKED("azure-search-key", "Azure AI Search key", "azse", "[A-Za-z0-9]{42}", "AzSe", "[A-D][A-Za-z0-9]{5}" TO, "<b42>AzSeA<b5>", "<b20>AzSeA<b5>"),
	MARKED("azure-function-key", "Azure Functions key", "azfu", "[\\w-]{44}", "AzFu", "[\\w-]{5}[AQgw]==", "<w44>AzFu<w5>A==", "<w20>AzFu<w5>A=="),
	TOKEN("azure-storage-key-given", "Azure storage account key", SCAN_HIGH, "storage_key storage_account_key account_key accountkey storagekey storage_access_key storageaccountkey",
		"(?i:storage_?(?:account_?|access_?)?key|account_?key)" GIVEN "([A-Za-z0-9+/]{86}==)", 4.0, "AZURE_STORAGE_KEY=<B86>==", "storage_key: <B20>=="),
};

const RuleTable rules_azure = { RULE_TOKEN, items, G_N_ELEMENTS(items) };
