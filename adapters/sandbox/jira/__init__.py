"""A Jira Cloud site in memory, and the REST API in front of it.

What is served, and how, follows Atlassian's published OpenAPI documents for the platform (v3) and for Jira Software.
"""
