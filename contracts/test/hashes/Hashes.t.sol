// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Hasher} from "./Hasher.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Signing} from "../Signing.sol";
import {Test} from "../Test.sol";
import {Trees} from "../Trees.sol";

/// The escrow hashes words from where they lie; here the same hashes are made field by field.
contract HashesTest is Test {
    Hasher private immutable HASHER = new Hasher();

    function test_fuzz_leaves_and_nodes_hash_as_written(IEscrow.Leaf memory leaf, uint256[4] memory words) public view {
        assertEq(HASHER.leaf(leaf), Trees.hash(leaf), "leaf");
        bytes32 node = keccak256(abi.encodePacked(words));
        assertEq(HASHER.node(bytes32(words[0]), words[1], bytes32(words[2]), words[3]), node, "node");
    }

    function test_fuzz_a_statement_hashes_as_eip712_says(IEscrow.Statement memory statement) public view {
        assertEq(HASHER.statement(statement), Signing.hash(statement), "statement");
    }

    function test_fuzz_a_signed_opening_hashes_as_eip712_says(IEscrow.SignedOpening memory signed) public view {
        assertEq(HASHER.openJob(signed), Signing.hash(signed), "opening");
    }

    function test_fuzz_what_a_quorum_and_its_settler_sign_hashes_as_eip712_says(
        IEscrow.Forced memory forced,
        IEscrow.Veto memory order
    ) public view {
        assertEq(HASHER.forced(forced), Signing.hash(forced), "forced");
        assertEq(HASHER.veto(order), Signing.hash(order), "veto");
    }

    function test_fuzz_a_cash_out_hashes_as_eip712_says(IEscrow.Cashout memory order) public view {
        assertEq(HASHER.cashout(order), Signing.hash(order), "cash-out");
    }

    function test_fuzz_a_consent_to_help_hashes_as_eip712_says(IEscrow.Challenge memory broken) public view {
        assertEq(HASHER.help(broken), Signing.hashHelp(broken), "help");
    }

    function test_fuzz_the_id_of_a_job_is_the_hash_of_its_opening(IEscrow.Opening memory opened, bytes32 origin)
        public
        view
    {
        assertEq(HASHER.jobId(opened, origin), keccak256(bytes.concat(origin, abi.encode(opened))), "id");
    }
}
