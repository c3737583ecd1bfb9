package io.tributary.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tributary.logging.Causes;
import io.tributary.memory.OutOfMemory;
import io.tributary.settings.BasicAuth;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a schema registry that has the REST API of Confluent's, and trusts whom the JVM trusts. Safe
 * for several threads.
 */
final class RegistryClient {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LARGEST_ANSWER = 16 * 1024 * 1024;

  /** What is there answers, and is no registry. */
  private static final String ANOTHER = ", and not as a registry does; is its URL right?";

  /** Such codes begin with the status: 40403 is a schema that is not found. */
  private static final int NOT_FOUND = 404;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;
  private final Duration timeout;
  private final HttpRequest.Builder request;
  private volatile @Nullable CompletableFuture<?> asked;
  private volatile boolean ended;

  RegistryClient(Settings settings) {
    this.url = settings.url(Setting.SCHEMA_REGISTRY_URL).toString();
    this.timeout = settings.seconds(Setting.SCHEMA_REGISTRY_TIMEOUT);
    this.request =
        HttpRequest.newBuilder()
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
    String user = settings.optional(Setting.SCHEMA_REGISTRY_USERNAME);
    if (user != null) {
      request.header(
          "Authorization", BasicAuth.header(user, settings.text(Setting.SCHEMA_REGISTRY_PASSWORD)));
    }
  }

  /**
   * What stands at a path; null when the registry says that it does not have it.
   *
   * @throws RegistryException when it says anything else, or nothing
   */
  @Nullable JsonNode get(String path) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    CompletableFuture<HttpResponse<Void>> call =
        client.sendAsync(
            request.copy().uri(URI.create(url + path)).build(),
            BodyHandlers.ofByteArrayConsumer(part -> part.ifPresent(more -> add(more, body))));
    asked = call;
    try {
      if (ended) {
        call.cancel(true);
      }
      int status = call.get(timeout.toNanos(), TimeUnit.NANOSECONDS).statusCode();
      JsonNode answer = json(body.toByteArray());
      if (status == NOT_FOUND && answer.path("error_code").asInt() / 100 == NOT_FOUND) {
        return null;
      }
      if (status != 200 || !answer.path("schema").isTextual()) {
        boolean another = status == 200 || status == NOT_FOUND;
        throw failed("answers " + status + (another ? ANOTHER : ""));
      }
      return answer;
    } catch (TimeoutException e) {
      call.cancel(true);
      throw failed("does not answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      OutOfMemory.endIfAmong(e);
      throw failed("does not answer: " + Causes.words(Causes.root(e)));
    } catch (CancellationException e) {
      throw failed("is not asked any more");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("is not asked any more");
    }
  }

  /** Nobody waits for an answer from now on. */
  void end() {
    ended = true;
    CompletableFuture<?> last = asked;
    if (last != null) {
      last.cancel(true);
    }
  }

  private static void add(byte[] more, ByteArrayOutputStream body) {
    if (body.size() + more.length > LARGEST_ANSWER) {
      throw new UncheckedIOException(new IOException("more than " + LARGEST_ANSWER + " bytes"));
    }
    body.writeBytes(more);
  }

  private static JsonNode json(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException notJson) {
      return JSON.missingNode();
    }
  }

  private RegistryException failed(String how) {
    return new RegistryException("The schema registry " + url + " " + how);
  }
}
