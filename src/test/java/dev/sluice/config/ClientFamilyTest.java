package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientFamilyTest {

    /** As the programs and SDKs were seen to call themselves. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    claude-cli/2.1.197 (external, sdk-cli)       | js     | claude-code
                    codex_exec/0.169.0 (Debian 12.0.0; x86_64)   |        | codex
                    opencode/1.18.33                             |        | opencode
                    ai/6.0.168 ai-sdk/openai/3.0.53 runtime/node.js/20 |  | vercel-ai
                    OpenAI/JS 6.49.0                             | js     | node
                    Anthropic/JS 1.12.0                          | js     | node
                    OpenAI/Python 3.54.0                         | python | python
                    Agents/Python 0.22.0                         | python | python
                    OpenAIClientImpl/Java 4.47.0                 | java   | java
                    curl/8.5.0                                   |        | other
                                                                 |        | other
                    maintain/1.0                                 | go     | other
                    """)
    void aClientIsKnownByWhatItCallsItself(String userAgent, String language, String family) {
        assertThat(ClientFamily.of(userAgent, language).label()).isEqualTo(family);
    }
}
