# frozen_string_literal: true

# Runs a formula as Homebrew would, as far as formulae that install a binary archive go: the class body is real Ruby,
# and `install` moves real files. Usage: ruby formula-runner.fixture.rb FORMULA macos|linux arm|intel SOURCE PREFIX
# SOURCE is the unpacked archive, PREFIX the keg. What the formula says is printed as JSON. An unknown word is an error.
require "fileutils"
require "json"
require "pathname"

FORMULA, OS, ARCH, SOURCE, PREFIX = ARGV
FACTS = { "depends_on" => [] }

# https://rubydoc.brew.sh/Pathname.html
class Pathname
  def install(*sources)
    sources.flatten.each do |source|
      pairs = source.is_a?(Hash) ? source.to_a : [[source, File.basename(source)]]
      pairs.each do |from, name|
        raise "no file #{from} to install" unless File.exist?(from)
        mkpath
        FileUtils.mv(from, self/name)
      end
    end
  end

  def install_symlink(pairs)
    pairs.each do |from, name|
      mkpath
      target = Pathname(from).expand_path(realpath)
      FileUtils.ln_sf(target.relative_path_from(realpath), self/name)
    end
  end

  def write(text)
    raise "#{self} is there already" if exist?
    dirname.mkpath
    File.write(self, text)
  end
end

# What a block may say, and nothing else.
class Words
  attr_reader :said

  def initialize(words)
    @said = {}
    words.each { |word| define_singleton_method(word) { |value| @said[word.to_s] = value } }
  end

  def opt_bin = Pathname("/opt/bin")
  def var = Pathname("/var")

  def self.in(words, &block)
    new(words).tap { |one| one.instance_eval(&block) }.said
  end
end

class Formula
  class << self
    attr_reader :test_block

    %w[desc homepage version license url sha256].each do |word|
      define_method(word) { |value| FACTS[word] = value.is_a?(Hash) ? value.to_s : value.to_s }
    end

    def on_macos = (yield if OS == "macos")
    def on_linux = (yield if OS == "linux")
    def on_arm = (yield if ARCH == "arm")
    def on_intel = (yield if ARCH == "intel")
    def depends_on(what) = FACTS["depends_on"].push(what.to_s)
    def livecheck(&block) = FACTS["livecheck"] = Words.in(%i[url strategy], &block)
    def service(&block) = FACTS["service"] = Words.in(%i[run keep_alive log_path error_log_path], &block)
    def test(&block) = @test_block = block
  end

  def prefix = Pathname(PREFIX)
  def name = File.basename(FORMULA, ".rb")
  def version = FACTS.fetch("version")
  def bin = prefix/"bin"
  def pkgshare = prefix/"share"/name
  def bash_completion = prefix/"etc/bash_completion.d"
  def zsh_completion = prefix/"share/zsh/site-functions"
  def fish_completion = prefix/"share/fish/vendor_completions.d"
  def pwsh_completion = prefix/"share/pwsh/completions"
  (1..8).each { |section| define_method("man#{section}") { prefix/"share/man/man#{section}" } }

  def system(*words) = Kernel.system(*words.map(&:to_s), out: :err) || raise("#{words.join(" ")} failed")
  def shell_output(command) = `#{command}`.tap { raise "#{command} failed" unless $?.success? }
  def assert_match(expected, found) = found.include?(expected) || raise("#{found.inspect} has no #{expected}")
end

load FORMULA
formula = ObjectSpace.each_object(Class).find { |one| one < Formula }
FACTS["class"] = formula.name
one = formula.new
Dir.chdir(SOURCE) { one.install }
one.instance_eval(&formula.test_block)
puts JSON.generate(FACTS)
