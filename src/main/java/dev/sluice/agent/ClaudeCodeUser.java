package dev.sluice.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** What Claude Code sends as {@code metadata.user_id}: JSON within a string, with the session's id in it. */
final class ClaudeCodeUser {

    private static final JsonFactory JSON = new JsonFactory();

    private ClaudeCodeUser() {}

    /** Whether a value is such JSON. */
    static boolean isOne(String userId) {
        return !sessionOf(userId).equals(userId);
    }

    /** The session's id, or the value itself where it is no such JSON. */
    static String sessionOf(String userId) {
        if (!userId.startsWith("{")) {
            return userId;
        }
        try (JsonParser json = JSON.createParser(userId)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean isSession = json.currentName().equals("session_id");
                if (json.nextToken() == JsonToken.VALUE_STRING && isSession && json.getTextLength() > 0) {
                    return json.getText();
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            // Somebody else's value: it stands for itself.
        }
        return userId;
    }
}
