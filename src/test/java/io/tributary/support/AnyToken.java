package io.tributary.support;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;

/** Lets a broker take any token that ends with {@code x4711}, as the user {@code reader}. */
public final class AnyToken implements AuthenticateCallbackHandler {
  private record Reader(String value, Instant end) implements OAuthBearerToken {
    @Override
    public Set<String> scope() {
      return Set.of();
    }

    @Override
    public long lifetimeMs() {
      return end.toEpochMilli();
    }

    @Override
    public String principalName() {
      return "reader";
    }

    @Override
    public Long startTimeMs() {
      return null;
    }
  }

  @Override
  public void configure(
      Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {}

  @Override
  public void close() {}

  @Override
  public void handle(Callback[] callbacks) {
    for (Callback callback : callbacks) {
      if (callback instanceof OAuthBearerValidatorCallback asked) {
        if (asked.tokenValue().endsWith("x4711")) {
          asked.token(new Reader(asked.tokenValue(), Instant.now().plus(Duration.ofHours(1))));
        } else {
          asked.error("invalid_token", null, null);
        }
      }
    }
  }
}
