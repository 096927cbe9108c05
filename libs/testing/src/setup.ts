// Evaluated before any test: Jest cannot `require()` an ES module that is still being linked, and CommonJS packages such
// as @nestjs/throttler require Nest.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
