package io.tributary.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.plugin.JolokiaPlatformHttpPlugin;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what over Jolokia. The passwords stay in their file: no setting, no log and no status
 * has one.
 *
 * @param users file of the users that Jolokia asks for, as Camel's management server reads it; null
 *     when it asks for none
 * @param writable whether Jolokia also calls operations and sets attributes
 */
public record ManagementAccess(@Nullable Path users, boolean writable) {
  /**
   * Checks both settings.
   *
   * @throws SettingException when one cannot be used, or when write access would need no password
   */
  public static ManagementAccess from(Settings settings) {
    String file = settings.optional(Setting.MANAGEMENT_USERS_FILE);
    boolean writable = settings.is(Setting.JOLOKIA_WRITE, "on");
    if (writable && file == null) {
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
    return new ManagementAccess(file == null ? null : Path.of(file), writable);
  }

  /** Sets up the management server, which is not yet made. */
  public void applyTo(Main main) {
    main.getCamelContext()
        .getRegistry()
        .bind(JolokiaPlatformHttpPlugin.NAME, JolokiaPlugins.make(writable));
    if (users != null) {
      main.configure()
          .httpManagementServer()
          .withAuthenticationEnabled(true)
          .withBasicPropertiesFile(users.toAbsolutePath().toString());
    }
  }

  /**
   * Looks whether it was set up, since Camel JBang makes the management server by itself.
   *
   * @throws SettingException when users are named and nobody would ask for their passwords
   */
  public void checkApplied(CamelContext context) {
    if (users != null
        && context.getRegistry().lookupByName(JolokiaPlatformHttpPlugin.NAME) == null) {
      throw new SettingException(
          Setting.MANAGEMENT_USERS_FILE,
          users.toString(),
          "with camel run only "
              + Kind.NONE
              + " is allowed: it has no users, and Jolokia only reads");
    }
  }

  private static boolean hasUsers(String file) {
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
      lines.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
    List<String> users =
        lines.stringPropertyNames().stream().filter(name -> name.startsWith("user.")).toList();
    return !users.isEmpty()
        && users.stream().noneMatch(user -> lines.getProperty(user).split(",", 2)[0].isBlank());
  }
}
