package io.tributary.settings;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.plugin.DefaultJolokiaPlatformHttpPlugin;
import org.apache.camel.component.platform.http.plugin.JolokiaPlatformHttpPlugin;
import org.apache.camel.main.Main;

/**
 * Who may do what on the management port. The passwords stay in their file: no setting, no log and
 * no status has one.
 */
public final class ManagementAccess {
  private ManagementAccess() {}

  static void check(Settings settings) {
    String file = settings.optional(Setting.MANAGEMENT_USERS_FILE);
    if (file == null && isWritable(settings)) {
      throw settings.refusal(
          Setting.JOLOKIA_WRITE,
          "write access needs a password; name a file of users with "
              + Setting.MANAGEMENT_USERS_FILE);
    }
    if (file != null && !hasUsers(file)) {
      throw settings.refusal(
          Setting.MANAGEMENT_USERS_FILE,
          "a readable file with a line user.<name> = <password> for each user, or " + Kind.NONE);
    }
  }

  private static boolean isWritable(Settings settings) {
    return settings.is(Setting.JOLOKIA_WRITE, "on");
  }

  private static boolean hasUsers(String file) {
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      lines.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
    List<String> passwords =
        lines.stringPropertyNames().stream()
            .filter(name -> name.startsWith("user."))
            .map(name -> lines.getProperty(name).split(",", 2)[0])
            .toList();
    return !passwords.isEmpty() && passwords.stream().noneMatch(String::isBlank);
  }

  /**
   * Sets up the management server, which is not yet made. Camel's plugin takes its policy from a
   * system property only, and reads it when it is made. So nobody else makes one meanwhile.
   */
  public static synchronized void apply(Settings settings, Main main) {
    String policy = isWritable(settings) ? "jolokia-write-access.xml" : "jolokia-access.xml";
    System.setProperty("jolokia.policyLocation", "classpath:/" + policy);
    main.getCamelContext()
        .getRegistry()
        .bind(JolokiaPlatformHttpPlugin.NAME, new DefaultJolokiaPlatformHttpPlugin());
    String users = settings.optional(Setting.MANAGEMENT_USERS_FILE);
    if (users != null) {
      main.configure()
          .httpManagementServer()
          .withAuthenticationEnabled(true)
          .withBasicPropertiesFile(Path.of(users).toAbsolutePath().toString());
    }
  }

  /**
   * Looks whether it was set up, since Camel JBang makes the management server by itself, and
   * whether its port is free, since Camel would go on without it.
   *
   * @throws SettingException when nobody would ask for passwords, or the port cannot be taken
   */
  public static void checkApplied(Settings settings, CamelContext context) {
    if (settings.optional(Setting.MANAGEMENT_USERS_FILE) != null
        && context.getRegistry().lookupByName(JolokiaPlatformHttpPlugin.NAME) == null) {
      throw settings.refusal(
          Setting.MANAGEMENT_USERS_FILE,
          "with camel run only none is allowed: it has no users, and Jolokia only reads");
    }
    String host = settings.text(Setting.MANAGEMENT_HOST);
    try {
      InetAddress address = InetAddress.getByName(host);
      new ServerSocket(settings.whole(Setting.MANAGEMENT_PORT), 1, address).close();
    } catch (UnknownHostException e) {
      throw settings.refusal(Setting.MANAGEMENT_HOST, "an address of this machine is allowed");
    } catch (IOException e) {
      throw settings.refusal(
          Setting.MANAGEMENT_PORT,
          "a port that is free on " + host + " is allowed (" + e.getMessage() + ")");
    }
  }
}
