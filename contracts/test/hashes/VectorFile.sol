// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {Hasher} from "./Hasher.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Signing} from "../Signing.sol";

/// The file of vectors that the TypeScript tests read too: both sides hash, sign and prove alike.
abstract contract VectorFile is EscrowTest {
    using Signing for IEscrow;

    Hasher internal immutable HASHER = new Hasher();
    string private json;

    function setUp() public virtual override {
        super.setUp();
        json = vm.readFile("src/protocol/vectors.json");
    }

    /// What is signed for the chain and the escrow that the file names.
    function digestThere(bytes32 structHash) internal returns (bytes32) {
        vm.chainId(number(".domain", ".chainId"));
        return IEscrow(account(".domain", ".escrow")).digest(structHash);
    }

    function entryOf(string memory list, uint256 index) internal pure returns (string memory) {
        return string.concat(".", list, "[", vm.toString(index), "]");
    }

    function exists(string memory entry, string memory field) internal view returns (bool) {
        return vm.keyExistsJson(json, string.concat(entry, field));
    }

    function number(string memory entry, string memory field) internal view returns (uint256) {
        return vm.parseJsonUint(json, string.concat(entry, field));
    }

    function word(string memory entry, string memory field) internal view returns (bytes32) {
        return vm.parseJsonBytes32(json, string.concat(entry, field));
    }

    function account(string memory entry, string memory field) internal view returns (address) {
        return vm.parseJsonAddress(json, string.concat(entry, field));
    }

    function words(string memory entry, string memory field) internal view returns (bytes memory) {
        return vm.parseJsonBytes(json, string.concat(entry, field));
    }

    function flag(string memory entry, string memory field) internal view returns (bool) {
        return vm.parseJsonBool(json, string.concat(entry, field));
    }
}
