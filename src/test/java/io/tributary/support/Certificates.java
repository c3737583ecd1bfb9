package io.tributary.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.apache.hc.core5.ssl.SSLContexts;

/** Keys and certificates in a folder, made by the JDK's keytool. */
public record Certificates(Path folder) {
  public static final String PASSWORD = "pass-of-stores-9482";

  /** Each is made once: keytool is a process of its own. */
  private static final Map<String, byte[]> KEYS = new ConcurrentHashMap<>();

  /** Makes a key with a certificate that it has signed itself; the store with both. */
  public Path key(String name) throws IOException {
    Path store = folder.resolve(name + ".p12");
    if (!Files.exists(store)) {
      Files.write(store, KEYS.computeIfAbsent(name, Certificates::made));
    }
    return store;
  }

  private static byte[] made(String name) {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    try {
      Path made = Files.createTempDirectory("key").resolve("made.p12");
      Process process =
          new ProcessBuilder(
                  keytool,
                  "-J-XX:TieredStopAtLevel=1",
                  "-J-XX:+UseSerialGC",
                  "-genkeypair",
                  "-alias",
                  name,
                  "-keyalg",
                  "EC",
                  "-validity",
                  "2",
                  "-dname",
                  "CN=" + name,
                  "-ext",
                  host(name),
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  PASSWORD,
                  "-keystore",
                  made.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(said);
      }
      byte[] bytes = Files.readAllBytes(made);
      Files.delete(made);
      Files.delete(made.getParent());
      return bytes;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("The key " + name + " cannot be made", e);
    }
  }

  /** A store that has the certificate of that key, and not the key. */
  public Path trusting(String name) throws Exception {
    Path store = folder.resolve("trusting-" + name + ".p12");
    if (!Files.exists(store)) {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(name, load(key(name)).getCertificate(name));
      try (OutputStream out = Files.newOutputStream(store)) {
        trusted.store(out, PASSWORD.toCharArray());
      }
    }
    return store;
  }

  /** A PEM file with the certificate of that key, and with the key itself if that is wanted. */
  public Path pem(String name, boolean withKey) throws Exception {
    KeyStore store = load(key(name));
    String key =
        withKey ? pem("PRIVATE KEY", store.getKey(name, PASSWORD.toCharArray()).getEncoded()) : "";
    String file = name + (withKey ? "-key" : "") + ".pem";
    return Files.writeString(
        folder.resolve(file), key + pem("CERTIFICATE", store.getCertificate(name).getEncoded()));
  }

  private static String pem(String kind, byte[] bytes) {
    String text = Base64.getMimeEncoder().encodeToString(bytes);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(kind, text);
  }

  private static String host(String name) {
    return "san=dns:" + name + (name.equals("server") ? ",ip:127.0.0.1" : "");
  }

  /** TLS with a key, for anybody; that of {@code server} is for the loopback address. */
  public HttpsConfigurator server(String name) throws Exception {
    return new HttpsConfigurator(
        SSLContexts.custom().loadKeyMaterial(load(key(name)), PASSWORD.toCharArray()).build());
  }

  /** TLS with the key {@code server}, for who has the key {@code client}. */
  public HttpsConfigurator serverForClient() throws Exception {
    SSLContext context =
        SSLContexts.custom()
            .loadKeyMaterial(load(key("server")), PASSWORD.toCharArray())
            .loadTrustMaterial(load(trusting("client")), null)
            .build();
    return new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters needed = context.getDefaultSSLParameters();
        needed.setNeedClientAuth(true);
        parameters.setSSLParameters(needed);
      }
    };
  }

  private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
    return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
  }
}
