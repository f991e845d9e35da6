/* SPDX-License-Identifier: MIT
 *
 * Providers of artificial intelligence.
 */
#include "scan/secret/rules/token.h"

static const SecretRule items[] = {
	TOKEN("openai-key", "OpenAI API key", SCAN_HIGH, "t3blbkfj", "(?<=[\\w-]{20})(T3BlbkFJ[\\w-]{20,200})", 3.0, "sk-proj-<b74>T3BlbkFJ<b74>", "T3BlbkFJ<b9>"),
	TOKEN("anthropic-key", "Anthropic API key", SCAN_HIGH, "sk-ant-", FROM "(sk-ant-(?:api|admin|oat|ort)\\d\\d-[\\w-]{80,110})" TO_DASH, 3.5, "sk-ant-api03-<w93>AA", "sk-ant-api03-<w9>"),
	TOKEN("huggingface-token", "Hugging Face token", SCAN_HIGH, "hf_ api_org_", FROM "((?:hf|api_org)_[A-Za-z]{34})" TO, 3.5, "HF_TOKEN=hf_<A34>", "hf_<A9>"),
	TOKEN("groq-key", "Groq API key", SCAN_HIGH, "gsk_", FROM "(gsk_[A-Za-z0-9]{52})" TO, 3.5, "gsk_<b52>", "gsk_<b9>"),
	TOKEN("xai-key", "xAI API key", SCAN_HIGH, "xai-", FROM "(xai-[A-Za-z0-9]{80})" TO, 3.5, "xai-<b80>", "xai-<b9>"),
	TOKEN("replicate-token", "Replicate token", SCAN_HIGH, "r8_", FROM "(r8_[A-Za-z0-9]{37})" TO, 3.5, "r8_<b37>", "r8_<b9>"),
	TOKEN("perplexity-key", "Perplexity API key", SCAN_HIGH, "pplx-", FROM "(pplx-[A-Za-z0-9]{48})" TO, 3.5, "pplx-<b48>", "pplx-<b9>"),
	TOKEN("langsmith-key", "LangSmith API key", SCAN_HIGH, "lsv2_", FROM "(lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10})" TO, 3.0, "lsv2_pt_<x32>_<x10>", "lsv2_pt_<x9>"),
	TOKEN("openrouter-key", "OpenRouter API key", SCAN_HIGH, "sk-or-v1-", FROM "(sk-or-v1-[0-9a-f]{64})" TO, 3.0, "sk-or-v1-<x64>", "sk-or-v1-<x9>"),
	TOKEN("together-key", "Together API key", SCAN_HIGH, "tgp_v1_", FROM "(tgp_v1_[\\w-]{43})" TO_DASH, 3.5, "tgp_v1_<w43>", "tgp_v1_<w9>"),
	TOKEN("together-key-given", "Together API key", SCAN_HIGH, "together", "(?i:together)" GIVEN "([0-9a-f]{64})" TO, 3.0, "TOGETHER_API_KEY=<x64>", "together: <x9>"),
	TOKEN("cerebras-key", "Cerebras API key", SCAN_HIGH, "csk-", FROM "(csk-[a-z0-9]{48})" TO, 3.5, "csk-<x48>", "csk-<x9>"),
	TOKEN("nvidia-key", "NVIDIA API key", SCAN_HIGH, "nvapi-", FROM "(nvapi-[\\w-]{64})" TO_DASH, 3.5, "nvapi-<w64>", "nvapi-<w9>"),
	TOKEN("pinecone-key", "Pinecone API key", SCAN_HIGH, "pcsk_", FROM "(pcsk_[A-Za-z0-9_]{60,80})" TO, 3.5, "pcsk_<b6>_<b63>", "pcsk_<b9>"),
	TOKEN("tavily-key", "Tavily API key", SCAN_HIGH, "tvly-", FROM "(tvly-(?:dev-|prod-)?[A-Za-z0-9-]{32,48})" TO_DASH, 3.5, "tvly-<b32>", "tvly-<b9>"),
	TOKEN("jina-key", "Jina API key", SCAN_HIGH, "jina_", FROM "(jina_[A-Za-z0-9_-]{60,64})" TO_DASH, 3.5, "jina_<b60>", "jina_<b9>"),
	TOKEN("voyage-key", "Voyage API key", SCAN_HIGH, "pa-", FROM "(pa-[\\w-]{43})" TO_DASH, 4.0, "VOYAGE_API_KEY=pa-<b43>", "pa-<b9>"),
	TOKEN("llamacloud-key", "LlamaCloud API key", SCAN_HIGH, "llx-", FROM "(llx-[A-Za-z0-9]{48})" TO, 3.5, "llx-<b48>", "llx-<b9>"),
	TOKEN("langfuse-key", "Langfuse secret key", SCAN_HIGH, "sk-lf-", FROM "(sk-lf-[0-9a-f]{8}-[0-9a-f-]{27})" TO, 3.0, "sk-lf-<x8>-<x4>-<x4>-<x4>-<x12>", "sk-lf-<x8>"),
	TOKEN("elevenlabs-key", "ElevenLabs API key", SCAN_HIGH, "sk_", FROM "(sk_[0-9a-f]{48})" TO, 3.0, "sk_<x48>", "sk_<x9>"),
	TOKEN("runpod-key", "RunPod API key", SCAN_HIGH, "rpa_", FROM "(rpa_[A-Z0-9]{40,48})" TO, 3.5, "rpa_<X44>", "rpa_<X9>"),
	TOKEN("fireworks-key", "Fireworks API key", SCAN_HIGH, "fw_", FROM "(fw_[A-Za-z0-9]{22,24})" TO, 3.8, "FIREWORKS_API_KEY=fw_<b24>", "fw_<b9>"),
	TOKEN("cursor-key", "Cursor API key", SCAN_HIGH, "crsr_ key_", FROM "((?:crsr|key)_[0-9a-f]{64})" TO, 3.0, "crsr_<x64>", "crsr_<x9>"),
	TOKEN("deepseek-key", "DeepSeek API key", SCAN_HIGH, "deepseek", "(?i:deepseek)" GIVEN "(sk-[0-9a-f]{32})" TO, 3.0, "DEEPSEEK_API_KEY=sk-<x32>", "deepseek=<x9>"),
	TOKEN("mistral-key", "Mistral API key", SCAN_HIGH, "mistral", "(?i:mistral)" GIVEN "([A-Za-z0-9]{32})" TO, 3.8, "MISTRAL_API_KEY=<b32>", "mistral: <b9>"),
	TOKEN("cohere-key", "Cohere API key", SCAN_HIGH, "cohere co_api_key", "(?i:cohere|co_api_key)" GIVEN "([A-Za-z0-9]{40})" TO, 3.8, "COHERE_API_KEY=<b40>", "cohere: <b9>"),
	TOKEN("stability-key", "Stability AI API key", SCAN_HIGH, "stability", "(?i:stability)" GIVEN "(sk-[A-Za-z0-9]{48})" TO, 3.8, "STABILITY_API_KEY=sk-<b48>", "stability=<b9>"),
	TOKEN("deepgram-key", "Deepgram API key", SCAN_HIGH, "deepgram", "(?i:deepgram)" GIVEN "([0-9a-f]{40})" TO, 3.0, "DEEPGRAM_API_KEY=<x40>", "deepgram=<x9>"),
	TOKEN("assemblyai-key", "AssemblyAI API key", SCAN_HIGH, "assemblyai", "(?i:assemblyai)" GIVEN "([0-9a-f]{32})" TO, 3.0, "ASSEMBLYAI_API_KEY=<x32>", "assemblyai=<x9>"),
	TOKEN("wandb-key", "Weights and Biases API key", SCAN_HIGH, "wandb", "(?i:wandb)" GIVEN "([0-9a-f]{40})" TO, 3.0, "WANDB_API_KEY=<x40>", "wandb: <x9>"),
	TOKEN("azure-openai-key", "Azure OpenAI key", SCAN_HIGH, "azure_openai azureopenai azure-openai", "(?i:azure[_-]?openai)" GIVEN "([A-Za-z0-9]{84}|[0-9a-f]{32})" TO, 3.0, "AZURE_OPENAI_API_KEY=<x32>", "azure_openai: <x9>"),
};

const RuleTable rules_ai = { RULE_TOKEN, items, G_N_ELEMENTS(items) };
