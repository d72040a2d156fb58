package agrippa.launcher.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Somebody who visits the load balanced site.
final class Visitor {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient http;

  private Visitor(HttpClient http) {
    this.http = http;
  }

  static Visitor plain() {
    return new Visitor(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
  }

  /// One who trusts this certificate, and no other.
  static Visitor trusting(X509Certificate certificate) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("demo", certificate);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, factory.getTrustManagers(), null);
      return new Visitor(
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build());
    } catch (GeneralSecurityException | IOException e) {
      throw new DemoFailure("cannot set up a TLS client: " + e, e);
    }
  }

  /// What a URL answers.
  HttpResponse<String> visit(String url) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new DemoFailure("GET " + url + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted", e);
    }
  }

  /// Visits a URL many times; every answer must be a 200.
  ///
  /// @return how often each backend answered
  Map<String, Integer> count(String url, int times) {
    Map<String, Integer> answers = new TreeMap<>();
    for (int i = 0; i < times; i++) {
      HttpResponse<String> answer = visit(url);
      if (answer.statusCode() != 200) {
        throw new DemoFailure("GET " + url + " was answered with " + answer.statusCode());
      }
      answers.merge(answer.body().strip(), 1, Integer::sum);
    }
    return answers;
  }
}
