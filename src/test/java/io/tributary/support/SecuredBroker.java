package io.tributary.support;

import io.tributary.demo.EmbeddedBroker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker with a port for each way of signing in, and an open one for the test. */
public final class SecuredBroker implements AutoCloseable {
  private static final String MODULES = "org.apache.kafka.common.security.";

  private final int scram = Ports.free();
  private final int saslOverTls = Ports.free();
  private final int oauth = Ports.free();
  private final int tls = Ports.free();
  private final EmbeddedBroker broker;
  private final Admin admin;
  private final Producer<byte[], byte[]> producer;

  private SecuredBroker(Certificates certificates, String user, String password) throws Exception {
    int open = Ports.free();
    int controller = Ports.free();
    String listeners =
        "OPEN://127.0.0.1:%d,SCRAM://127.0.0.1:%d,BOTH://127.0.0.1:%d,OAUTH://127.0.0.1:%d,TLS://127.0.0.1:%d"
            .formatted(open, scram, saslOverTls, oauth, tls);
    Map<String, String> settings = new HashMap<>();
    settings.put("listeners", listeners + ",CONTROLLER://127.0.0.1:" + controller);
    settings.put("advertised.listeners", listeners);
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put("inter.broker.listener.name", "OPEN");
    settings.put(
        "listener.security.protocol.map",
        "CONTROLLER:PLAINTEXT,OPEN:PLAINTEXT,SCRAM:SASL_PLAINTEXT,BOTH:SASL_SSL,OAUTH:SASL_PLAINTEXT,TLS:SSL");
    settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    settings.put("listener.name.both.sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256");
    settings.put("listener.name.oauth.sasl.enabled.mechanisms", "OAUTHBEARER");
    String scramLogin = MODULES + "scram.ScramLoginModule required;";
    settings.put("listener.name.scram.scram-sha-512.sasl.jaas.config", scramLogin);
    settings.put("listener.name.both.scram-sha-256.sasl.jaas.config", scramLogin);
    settings.put(
        "listener.name.both.plain.sasl.jaas.config",
        MODULES
            + "plain.PlainLoginModule required user_%s=\"%s\";"
                .formatted(user, password.replace("\\", "\\\\").replace("\"", "\\\"")));
    settings.put(
        "listener.name.oauth.oauthbearer.sasl.jaas.config",
        MODULES + "oauthbearer.OAuthBearerLoginModule required;");
    settings.put(
        "listener.name.oauth.oauthbearer.sasl.server.callback.handler.class",
        AnyToken.class.getName());
    settings.put("ssl.keystore.location", certificates.key("server").toString());
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.password", Certificates.PASSWORD);
    settings.put("ssl.key.password", Certificates.PASSWORD);
    settings.put("ssl.truststore.location", certificates.trusting("client").toString());
    settings.put("ssl.truststore.type", "PKCS12");
    settings.put("ssl.truststore.password", Certificates.PASSWORD);
    settings.put("listener.name.tls.ssl.client.auth", "required");
    broker = new EmbeddedBroker(open, settings).start();
    Map<String, Object> client = Map.of("bootstrap.servers", "127.0.0.1:" + open);
    admin = Admin.create(client);
    producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    add(ScramMechanism.SCRAM_SHA_256, user, password);
  }

  /** Starts one that knows a user with its password, but not at the port for SCRAM-SHA-512. */
  public static SecuredBroker start(Certificates certificates, String user, String password)
      throws Exception {
    return new SecuredBroker(certificates, user, password);
  }

  /** SASL_PLAINTEXT with SCRAM-SHA-512. */
  public String scram() {
    return "127.0.0.1:" + scram;
  }

  /** SASL_SSL with PLAIN and SCRAM-SHA-256. */
  public String saslOverTls() {
    return "127.0.0.1:" + saslOverTls;
  }

  /** SASL_PLAINTEXT with OAUTHBEARER. */
  public String oauth() {
    return "127.0.0.1:" + oauth;
  }

  /** TLS, for who has the key {@code client}. */
  public String tls() {
    return "127.0.0.1:" + tls;
  }

  public void addScramUser(String user, String password) throws Exception {
    add(ScramMechanism.SCRAM_SHA_512, user, password);
  }

  private void add(ScramMechanism mechanism, String user, String password) throws Exception {
    ScramCredentialInfo info = new ScramCredentialInfo(mechanism, 4096);
    admin
        .alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, info, password)))
        .all()
        .get();
  }

  public void createTopic(String name) {
    broker.createTopic(name, 1);
  }

  /** Returns when the broker has it. */
  public void send(String topic, byte[] value) {
    try {
      producer.send(new ProducerRecord<>(topic, value)).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
    broker.close();
  }
}
